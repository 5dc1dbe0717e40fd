# On Windows, or without make: python make.py lab, python make.py test ...
PYTHON ?= python3

.PHONY: lab test quick format bench
lab test quick format bench:
	@$(PYTHON) make.py $@ $(ARGS)
