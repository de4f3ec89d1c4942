# Every target builds what it needs first; the logic is in deploy/ (Python).
PORT := 8000
DATA := data
SIZE := 1000000
SEED :=
KAFKA_DATA := kafka-data
KAFKA_PORT := 19092
KAFKA_LOG := warn
# So many processes test side by side, each with a database and a broker of its own; a module stays in one of them.
# The faults come after the rest: what they take away is time, and half of theirs is waiting.
WORKERS := 2
PY := .venv/bin/python
SIDE_BY_SIDE := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# What depends on the broker: tests/kafka is collected on Apache Kafka only; the sample province and the screens show nothing more there.
KAFKA_SUITES := tests/kafka $(addprefix tests/chassis/,bus bus_faults rebuilds) \
	$(addprefix tests/chassis/test_,consumer_goes_on.py offsets.py too_large.py relay.py acknowledgements.py replays.py) \
	$(filter-out %/test_province.py %/test_hotline_screen.py %/test_working_screen.py,$(wildcard tests/journeys/test_*.py)) tests/faults
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run province stop reset test test-sabotage check bench bench-growth match-report story verify kafka kafka-stop test-kafka test-long requirements \
	unread-topics api-pages environment test-environment

help: ## 显示本帮助 · this help
	@echo '用法 usage: make TARGET [PORT=8000] [DATA=data]'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

run: environment ## 启动全部(Ctrl-C 停止) · start everything, Ctrl-C stops it
	@exec $(PY) -m deploy run --port $(PORT) --data '$(DATA)'

province: environment ## 载入 SIZE 户的示例省(已在运行则载入其中) · load a sample of SIZE customers, into what runs on PORT or a new start
	@exec $(PY) -m deploy province --port $(PORT) --data '$(DATA)' --customers $(SIZE) $(if $(SEED),--seed '$(SEED)')

stop: environment ## 停止该数据目录上的实例 · stop the instance of this data folder
	@$(PY) -m deploy stop --port $(PORT) --data '$(DATA)'

reset: environment ## 停止并删除数据目录 · stop it and remove its data folder
	@$(PY) -m deploy reset --port $(PORT) --data '$(DATA)'

story: environment ## 演示一天并逐条核对 · play one day on a fresh instance, every claim checked
	@$(PY) -m deploy.story --port $(PORT)

verify: environment ## 核对事件日志与各投影 · compare event logs, inboxes and projections
	@$(PY) -m deploy.verify --port $(PORT) --data '$(DATA)'

kafka: environment ## 在后台启动 Apache Kafka(BROKERS=1 或 3) · start Apache Kafka in the background, BROKERS=1 or 3
	@$(PY) -m deploy.kafka start --data '$(KAFKA_DATA)' --port '$(KAFKA_PORT)' --log-level '$(KAFKA_LOG)' $(if $(BROKERS),--brokers '$(BROKERS)')

kafka-stop: environment ## 停止它,数据保留 · stop it, its data stays
	@$(PY) -m deploy.kafka stop --data '$(KAFKA_DATA)'

test: test-environment ## 全部测试 · all tests
ifeq ($(strip $(ARGS)),)
	@$(PY) -m pytest $(SIDE_BY_SIDE) --ignore tests/faults
	@$(PY) -m pytest $(SIDE_BY_SIDE) tests/faults
else
	@$(PY) -m pytest $(ARGS)
endif

test-sabotage: test-environment ## 逐一拿掉每道保护,其测试必须失败 · each protection taken out, its tests must fail
	@PYTHONPATH=tests $(PY) -m sabotage $(ARGS)

test-kafka: test-environment ## 在 Apache Kafka 上重跑总线、流程与故障测试 · bus, journey and fault suites on Apache Kafka
	@KEYPOST_TEST_BROKER=kafka $(PY) -m pytest $(SIDE_BY_SIDE) $(KAFKA_SUITES) $(ARGS)

test-long: test-environment ## 分钟级的故障测试 · the fault suite with outages of minutes
	@KEYPOST_LONG=1 $(PY) -m pytest tests/faults $(ARGS)

check: test-environment ## 风格、类型、依赖方向、规章包、契约、数字 · every static check
	@$(PY) tests/architecture/check.py

bench: test-environment ## 与同场底线相比的速度 · speed beside the floor of the same run
	@$(PY) -m deploy.bench $(ARGS)

bench-growth: test-environment ## 一万至一千万户的增长曲线(约一小时、20 GB) · growth up to ten million customers: an hour, 20 GB of disk
	@$(PY) -m deploy.bench growth-bigger --results data/bench-growth.json $(ARGS)

match-report: test-environment ## 查重准确度:标注样本在十万客户中经接口申报 · precision and recall of the match
	@PYTHONPATH=tests:. $(PY) -m support.match_report $(ARGS)

unread-topics: test-environment ## 重写尚无代码读取的规章主题清单 · renew the list of topics nobody reads yet
	@$(PY) tests/architecture/unread_topics.py --write

api-pages: test-environment ## 重写 docs/api 的接口说明 · renew the API pages under docs/api
	@$(PY) -m deploy.api_pages registry service-desk

requirements: test-environment ## 重新解析依赖 · renew requirements/*.txt
	@$(PY) -m deploy.lock

environment:
	@deploy/environment run

test-environment:
	@deploy/environment test
