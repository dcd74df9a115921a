"""What every answer has, whatever page or number it carries: errors, security, limits, templates, fragments."""
