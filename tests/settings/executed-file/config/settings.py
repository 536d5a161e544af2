import os

HERE = os.path.dirname(os.path.abspath(__file__))
exec(open(os.path.join(HERE, "base.py")).read())
USE_TZ = False
