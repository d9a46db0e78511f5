"""Copy the pinned front-end assets from node_modules into static/, with licence and version."""

import json
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
FONT_SUBSETS = ("latin", "latin-ext")
SPRITE_HEAD = """<!-- Built by scripts/vendor_assets.py from static/vendor/icons.txt.
     Tabler Icons {version}, MIT licence: vendor/tabler-icons/LICENSE. "brand" is our own. -->
"""
BRAND = (
    '<symbol id="brand" viewBox="0 0 24 24">'
    '<rect width="24" height="24" rx="6.5" fill="currentColor"/>'
    '<path d="M5 12.6l3.4 3.4L14.6 9.4M11.2 15.2l.9.9 6.9-7.2" fill="none" '
    'stroke="var(--brand-ink, #fff)" stroke-width="2.1" stroke-linecap="round" '
    'stroke-linejoin="round"/></symbol>'
)


def package_version(package: str) -> str:
    """Return the installed version of an npm package."""
    version: str = json.loads((MODULES / package / "package.json").read_text())["version"]
    return version


def fresh_folder(name: str, package: str) -> Path:
    """Empty the vendor folder `name` and note which version of `package` it holds."""
    folder = VENDOR / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "VERSION").write_text(f"{package} {package_version(package)}\n")
    return folder


def vendor_tabler() -> None:
    """Copy the one style sheet, without the pointer to a source map that is not shipped."""
    folder = fresh_folder("tabler", "@tabler/core")
    css = (MODULES / "@tabler/core/dist/css/tabler.min.css").read_text()
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css).strip()
    (folder / "tabler.min.css").write_text(css + "\n")
    # The package ships no licence file; its icons, by the same authors, ship the same MIT text.
    licence = (MODULES / "@tabler/icons/LICENSE").read_text()
    holder = "Copyright (c) 2018-2026 The Tabler Authors, codecalm.net Paweł Kuna"
    (folder / "LICENSE").write_text(re.sub(r"Copyright \(c\).*", holder, licence))


def vendor_inter() -> None:
    """Copy the variable font, one file a subset."""
    folder = fresh_folder("inter", "@fontsource-variable/inter")
    source = MODULES / "@fontsource-variable/inter"
    shutil.copy(source / "LICENSE", folder / "LICENSE")
    for subset in FONT_SUBSETS:
        name = f"inter-{subset}-wght-normal.woff2"
        shutil.copy(source / "files" / name, folder / name)


def symbol(name: str) -> str:
    """Turn one icon into a symbol that takes its colour and stroke width from the page."""
    svg = (MODULES / f"@tabler/icons/icons/outline/{name}.svg").read_text()
    paths = [path for path in re.findall(r"<path[^>]*/>", svg) if 'd="M0 0h24v24H0z"' not in path]
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-linecap="round" stroke-linejoin="round">{"".join(paths)}</symbol>'
    )


def vendor_icons() -> None:
    """Build the sprite from the names in icons.txt."""
    folder = fresh_folder("tabler-icons", "@tabler/icons")
    shutil.copy(MODULES / "@tabler/icons/LICENSE", folder / "LICENSE")
    names = sorted({line.strip() for line in (VENDOR / "icons.txt").read_text().split() if line})
    head = SPRITE_HEAD.format(version=package_version("@tabler/icons"))
    body = "\n".join([BRAND, *map(symbol, names)])
    (STATIC / "icons.svg").write_text(
        f'{head}<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'
    )


if __name__ == "__main__":
    vendor_tabler()
    vendor_inter()
    vendor_icons()
