# Every target builds what it needs first; the logic is in deploy/ (Python).
PORT := 8000
DATA := data
SIZE := 1000000
SEED :=
PY := .venv/bin/python
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run province stop reset test check bench story verify requirements unread-topics environment test-environment

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

test: test-environment ## 全部测试 · all tests
	@$(PY) -m pytest $(ARGS)

check: test-environment ## 风格、类型、依赖方向、规章包、契约、数字 · every static check
	@$(PY) tests/architecture/check.py

bench: test-environment ## 与同场底线相比的速度 · speed beside the floor of the same run
	@$(PY) -m deploy.bench

unread-topics: test-environment ## 重写尚无代码读取的规章主题清单 · renew the list of topics nobody reads yet
	@$(PY) tests/architecture/unread_topics.py --write

requirements: test-environment ## 重新解析依赖 · renew requirements/*.txt
	@$(PY) -m deploy.lock

environment:
	@deploy/environment run

test-environment:
	@deploy/environment test
