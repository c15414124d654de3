"""A stand-in for the agent's package: the documented base classes, with nothing behind them."""


class UniversalExtension(object):
    def __init__(self):
        pass

    def extension_start(self, fields):
        raise NotImplementedError

    def extension_cancel(self):
        pass


class ExtensionResult(object):
    def __init__(self, rc=0, message="", output_fields=None, unv_output=None, values=None):
        self.rc = rc
        self.message = message
        self.output_fields = output_fields
        self.unv_output = unv_output
        self.values = values
