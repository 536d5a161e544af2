import sys

from config.setup import set_up

if __name__ == "__main__":
    set_up()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
