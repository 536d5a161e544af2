from importlib import import_module

globals().update(vars(import_module("config.base")))
