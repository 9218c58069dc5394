"""`jazari doctor`: what is installed, what an extra would add, where things lie."""

from __future__ import annotations

from jazari.cli.output import command, emit


@command("doctor", example="jazari doctor")
def doctor() -> None:
    """Say what is installed, what an extra would add, and where things lie."""
    from jazari.cli.installation import installation

    found = installation()
    lines = [f"jazari {found['jazari']}, Python {found['python']}, {found['machine']}", "", "Libraries"]
    lines += [f"  {name:<18} {version or 'missing'}" for name, version in found["libraries"].items()]
    lines += ["", "Extras"]
    for extra in found["extras"]:
        state = "installed" if not extra["missing"] else f"missing: {', '.join(extra['missing'])}"
        lines.append(f"  {extra['name']:<12} {state}\n  {'':<12} {extra['adds']}")
    lines += ["", "Where things lie"]
    lines += [f"  {name:<18} {where}" for name, where in found["places"].items()]
    lines += ["", "Plug-ins"]
    lines += [f"  {group:<24} {', '.join(names) or 'none'}" for group, names in found["plugins"].items()]
    emit(found, "\n".join(lines))
