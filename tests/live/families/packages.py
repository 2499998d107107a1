# SPDX-License-Identifier: Apache-2.0
"""A package without files, made here, installed, upgraded and removed by dpkg."""
import os
import shutil

NAME = "aurochs-live-test"


def built(live, version):
    tree = live.path("package-" + version)
    os.makedirs(os.path.join(tree, "DEBIAN"))
    with open(os.path.join(tree, "DEBIAN", "control"), "w") as f:
        f.write("Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: live test <root@localhost>\nDescription: nothing\n" % (NAME, version))
    live.run("dpkg-deb", "--build", tree, tree + ".deb")
    return tree + ".deb"


def prepare(live):
    clean(live)


def run(live):
    if not shutil.which("dpkg-deb"):
        return live.cannot("PackageInstallNix", "dpkg", "no dpkg on this host")
    first, second = built(live, "1.0"), built(live, "1.1")
    about = {"app_type": "deb", "app_productname": NAME, "app_arch": "all"}
    live.proves("PackageInstallNix", "dpkg -i", lambda: live.run("dpkg", "-i", first), app_version="1.0", **about)
    live.proves("PackageUpgradeNix", "dpkg -i of a newer one", lambda: live.run("dpkg", "-i", second), app_version="1.1", app_version_old="1.0", **about)
    live.proves("PackageRemoveNix", "dpkg -r", lambda: live.run("dpkg", "-r", NAME), app_version="1.1", **about)


def clean(live):
    if shutil.which("dpkg") and os.path.exists("/var/lib/dpkg/info/%s.list" % NAME):
        live.run("dpkg", "--purge", NAME)
