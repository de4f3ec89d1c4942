"""A file's changes: fields replaced one by one, lists kept whole, former values given."""

from uuid import UUID

from registry.model.files import Confidentiality, CustomerFile, Layer, amended, changes, raises, with_person

FILE = CustomerFile(
    UUID(int=1),
    basic={"number": "A-1", "contact": "孙女士"},
    key_persons=({"name": "李总", "age": 46},),
    version=3,
)


def test_a_field_is_replaced_none_takes_it_out_and_others_stay() -> None:
    assert amended(FILE.basic, {"contact": None, "fax": "027-1"}) == {"number": "A-1", "fax": "027-1"}


def test_a_change_names_only_what_differs_and_gives_the_former_value() -> None:
    [change] = changes(FILE, {Layer.BASIC: {"number": "A-2", "contact": "孙女士", "fax": "027-1"}})
    assert (change.layer, change.fields) == (Layer.BASIC, ("fax", "number"))
    assert change.former == {"fax": None, "number": "A-1"}


def test_a_list_is_kept_whole() -> None:
    [change] = changes(FILE, {Layer.KEY_PERSONS: ()})
    assert (change.fields, change.former) == (("key_persons",), [{"name": "李总", "age": 46}])


def test_what_is_the_same_is_no_change() -> None:
    same = {Layer.BASIC: dict(FILE.basic), Layer.KEY_PERSONS: tuple(FILE.key_persons)}
    assert changes(FILE, same) == []
    assert raises(FILE, {}) == []


def test_a_raised_level_is_a_change_of_its_layer() -> None:
    [change] = raises(FILE, {Layer.EXTENDED: Confidentiality.RESTRICTED})
    assert (change.layer, change.fields, change.former) == (
        Layer.EXTENDED,
        ("confidentiality",),
        {"confidentiality": None},
    )


def test_a_key_person_of_the_same_name_is_renewed_and_another_added() -> None:
    renewed = with_person(FILE.key_persons, {"name": "李总", "post": "董事长"})
    assert renewed == ({"name": "李总", "age": 46, "post": "董事长"},)
    assert with_person(renewed, {"name": "周总"}) == (*renewed, {"name": "周总"})


def test_layers_that_are_not_named_stay_and_the_version_rises_by_one() -> None:
    after = FILE.with_layers({Layer.EXTENDED: {"staff": 12}})
    assert (after.basic, after.extended, after.version) == (FILE.basic, {"staff": 12}, 4)
    assert CustomerFile(UUID(int=1)).empty
    assert not after.empty
