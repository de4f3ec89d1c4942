export const words = {
  page: {
    title: "Post key accounts · events", skip: "Skip to content", businessTime: "Business time", moveClock: "Move clock",
    clockNote: "Development only: every service follows. Going back does not undo what has fired.", setTo: "Set to (China time)", set: "Set", realTime: "Real time",
    signIn: "Sign in", signOut: "Sign out", accountsNote: "Development accounts: click one to sign in. Each sees the events of its organisation and those below.",
    search: "Find by name, number or organisation", role: "Role", allRoles: "All roles", orToken: "Paste an access token (Bearer)",
    events: "Live events", pause: "Pause", resume: "Resume", show: "Kind of event", organisation: "Organisation", about: "Customer / case",
    eventsCaption: "Events, newest first", time: "Time", event: "Event", summary: "Summary", noEvents: "No events yet. New ones appear here by themselves.",
    older: "Older events", deadlines: "Deadlines", noDeadlines: "No deadline is running.", close: "Close", language: "中文",
    live: "Live", connecting: "Connecting…", retrying: "Disconnected, reconnecting…", because: "Because", facts: "Attributes", content: "Content", json: "Whole event (JSON)",
    assumption: "assumption, not in the regulations", accountsShown: "{shown} of {total} accounts", waiting: "Resume ({n} new)", left: "", overdue: "overdue ",
    day: "d", dueOn: "due", warned: "warned", breached: "breached", paused: "paused", holder: "holder", clockSet: "Every service follows.",
    offset: "{text}", realNow: "real time", expired: "The session has expired; sign in again.", unreachable: "The console cannot be reached; trying again.", notAnswering: "Not answering: {names}",
    notFollowed: "Not yet following the clock: {names}", allOrganisations: "All (type a name)", unknownOrganisation: "No such organisation", customer: "Customer", running: "running",
    none: "none", position: "position", step1: "+1 hour", step2: "+1 day", step3: "+2 days", step4: "+7 days", running_count: "{n} running",
    moreDeadlines: "Only the first {n} to fall due are shown", tiers: "Classes", usage: "Usage files", tariffs: "Tariff requests", scores: "Quarterly scores", period: "Period", refresh: "Refresh",
    emptyList: "Nothing here yet.", more: "More", totalOf: "{n} in all", classOf: "class {n}", noClass: "none", late: "late", evidence: "Evidence: {n}",
    moreEvidence: "and {n} more", notAssessed: "not assessed",
  },
  kinds: {
    all: "All", declaration: "Declarations", claim: "Claims", customer: "Customers", complaint: "Complaints", compensation: "Compensations", deadline: "Deadlines", directory: "Organisations and staff", care: "Visits and symposia", usage: "Usage", tier: "Classes and reviews", pricing: "Tariffs and agreements", score: "Scores",
  },
  columns: {},
  things: {}, pasts: {}, types: {},
  fields: {
    state: "state", lines: "lines", line: "line", until: "until", kind: "kind", due_at: "due", step: "step", holder: "holder", next_holder: "passed to", channel: "channel", category: "category",
    level: "level", handler: "handler", reason: "reason", reasons: "reasons", matched: "matched", name: "name", roles: "roles", cause: "cause", satisfaction: "satisfaction",
    initial_class: "class", above_limit: "above the city's limit", responsible: "responsible", first_responder: "first responder", taken_lines: "taken", breached_by: "breached by",
  },
  codes: { hotline: "11185", true: "yes", false: "no" },
  roles: {
    "account-manager": "Account manager", "unit-head": "Unit head", "center-officer": "Center officer", "center-director": "Center director", "hotline-agent": "11185 agent",
    finance: "Finance", inspector: "Inspector", administrator: "Administrator", observer: "Observer", system: "System",
  },
  attributes: {
    id: "id", source: "source", type: "type", time: "time", subject: "key", aggregate: "record", aggregateversion: "version", orgpath: "organisation path", actor: "actor",
    correlationid: "correlation", causationid: "cause",
  },
};
