"""Why an action is not done. Boundary: pure; raised by actions and workflows, shown by views."""


class Refused(Exception):
    """The action is not done. The message is a sentence that says what is and what to do.

    ``field`` names the form field it belongs to; "" when it concerns the whole.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotPermitted(Refused):
    """The person may not do this; the message says who may."""
