def dynamic_choice_command(field_name):
    """Marks the method that answers the dynamic choice of one field."""

    def mark(method):
        method.dynamic_choice = field_name
        return method

    return mark
