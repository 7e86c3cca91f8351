# make help lists the targets. With a Docker engine they drive deploy/compose.yaml; without one the same services run as processes of this
# machine, with a PostgreSQL out of an npm package. ENGINE=docker or ENGINE=local chooses, ARGS=… goes to run_api and run_bot.

ifndef ENGINE
ENGINE := $(shell docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1 && echo docker || echo local)
else ifeq ($(ENGINE),docker)
ifneq ($(shell docker compose version >/dev/null 2>&1 && echo yes),yes)
$(error ENGINE=docker needs Docker with its Compose plugin, and `docker compose version` fails here: install it, or leave ENGINE out)
endif
endif
ifeq ($(ENGINE),docker)
services = sh deploy/compose.sh
starting = $(services)
else
# The program's own Node, which ensure-installed brings, or that of the machine.
installed = node scripts/ensure-installed.mjs all && PATH="$(CURDIR)/node_modules/.bin:$$PATH" &&
services = $(installed) exec node scripts/services.ts
starting = $(installed) node scripts/build-page.ts --optional && exec node scripts/services.ts
endif

.PHONY: help up upd run_api run_bot re_api re_bot logs clean fclean test
.DEFAULT_GOAL := help

help: ## this list
	@echo 'Postrider as services (here: $(ENGINE)). For everything in one process: npm start'
	@echo
	@sed -n 's/^\([a-z_]*\):.*## \(.*\)/  make \1 - \2/p' Makefile | awk -F ' - ' '{ printf "%-16s%s\n", $$1, $$2 }'

up: ## start everything in the foreground; Ctrl-C stops it
	@$(starting) up

upd: ## start everything in the background
	@$(starting) upd

run_api: ## the api in the foreground, the others in the background; ARGS="…" runs that in its place
	@$(starting) run api $(ARGS)

run_bot: ## the bot in the foreground, the others in the background; ARGS="…" runs that in its place
	@$(starting) run bot $(ARGS)

re_api: ## build the api anew, and restart it
	@$(starting) restart api

re_bot: ## build the bot anew, and restart it
	@$(starting) restart bot

logs: ## what the services write, until Ctrl-C
	@$(services) logs

clean: ## stop everything
	@$(services) stop

fclean: ## stop everything, and remove the data and the images of this project
	@$(services) erase

test: ## every check and every test
	@npm test
