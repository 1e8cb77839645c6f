"""What pyproject.toml cannot say: a wheel with the library in it is for one platform, and for every Python there."""

import os
from pathlib import Path

import setuptools
from setuptools.command.bdist_wheel import bdist_wheel

BUNDLED = any(Path(__file__).parent.glob("src/ascribe/libascribe.*"))


class Distribution(setuptools.Distribution):
    def has_ext_modules(self):
        return BUNDLED


class Wheel(bdist_wheel):
    def get_tag(self):
        if not BUNDLED:
            return super().get_tag()
        # `build.sh` says which C library ours needs.
        return "py3", "none", os.environ.get("ASCRIBE_WHEEL_PLATFORM") or super().get_tag()[2]


setuptools.setup(distclass=Distribution, cmdclass={"bdist_wheel": Wheel})
