"""A person without a mouse: Tab, arrows, Enter and single keys, in a real browser, and what they must be able to see.

Each stop of Tab is held to WCAG 2.2: the focus shows (2.4.7), and is neither off the screen nor covered (2.4.11).
"""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Locator, Page, expect

STOPS_MOST: Final = 250
"""More than any screen has."""

_FAULT: Final = """() => {
  const it = document.activeElement;
  if (!it || it === document.body || it === document.documentElement) return null;
  const words = it.getAttribute('aria-label') ?? it.textContent.trim().slice(0, 40);
  const name = `${it.tagName} ${it.dataset.testid ?? ''} ${words}`;
  const box = it.getBoundingClientRect();
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  if (right - left < 1 || bottom - top < 1) return `${name}: off the screen`;
  const mine = (at) => at && (it.contains(at) || at.contains(it) && at.matches('label, svg, g, summary, option'));
  const seen = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]].some(([x, y]) =>
    mine(document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y)));
  if (!seen) return `${name}: covered at ${[left, top, right, bottom].map(Math.round)}`;
  const own = getComputedStyle(it);
  if (own.outlineStyle !== 'none' && parseFloat(own.outlineWidth) >= 2) return null;
  const look = () => [it, ...it.querySelectorAll('*')].map((one) => {
    const style = getComputedStyle(one);
    return [style.boxShadow, style.outlineStyle, style.stroke, style.strokeWidth, style.fill, style.backgroundColor];
  }).join('|');
  const focused = look();
  it.blur();
  const plain = look();
  it.focus({ preventScroll: true, focusVisible: true });
  return focused === plain ? `${name}: its focus does not show` : null;
}"""


class Keyboard:
    """The keys of one page. stops: how often Tab was pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.stops = page, 0

    def press(self, *keys: str) -> None:
        """Keys, one after the other, to whatever has the focus."""
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, words: str) -> None:
        """Into the field that has the focus, in place of what it holds."""
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(words)

    def to(self, target: Locator, *, back: bool = False) -> Locator:
        """Tab until `target` has the focus; every stop on the way must be seen."""
        expect(target).to_be_visible()
        for _ in range(STOPS_MOST):
            if target.evaluate("it => it === document.activeElement"):
                return target
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            self.stops += 1
            fault = self.page.evaluate(_FAULT)
            assert fault is None, fault
        raise AssertionError(f"Tab never came to {target}")

    def round(self) -> None:
        """Tab until the focus leaves the page's last stop; every stop must be seen."""
        for _ in range(STOPS_MOST):
            self.page.keyboard.press("Tab")
            fault = self.page.evaluate(_FAULT)
            assert fault is None, fault
            if not self.has_focus():
                return
            self.stops += 1
        raise AssertionError("Tab never comes out")

    def enter(self, target: Locator, *, back: bool = False) -> None:
        """Tab to a button or link, and press Enter."""
        self.to(target, back=back)
        self.page.keyboard.press("Enter")

    def fill(self, target: Locator, words: str) -> None:
        """Tab to a field and write."""
        self.to(target)
        self.write(words)

    def choose(self, target: Locator, value: str) -> None:
        """Tab to a list of choices, and go through it by arrow until it says `value`."""
        self.to(target)
        self.page.keyboard.press("Home")
        for _ in range(STOPS_MOST):
            if target.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} is not among the choices")

    def tick(self, target: Locator) -> None:
        """Tab to a group of radio buttons, and by arrows to one of it."""
        group = self.page.locator(f'input[type=radio][name="{target.get_attribute("name")}"]')
        ticked = group.and_(self.page.locator(":checked"))
        self.to(ticked if ticked.count() else group.first)
        for _ in range(STOPS_MOST):
            if target.evaluate("it => it === document.activeElement"):
                if not target.is_checked():
                    self.page.keyboard.press("Space")
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {target}")

    def is_in(self, region: Locator) -> None:
        """A dialog that closes leaves its person where they were: the next stop, there or back, is in `region`."""
        inside = "it => it.contains(document.activeElement)"
        if not region.evaluate(inside):
            self.page.keyboard.press("Tab")
            forth = region.evaluate(inside)
            self.page.keyboard.press("Shift+Tab")
            assert forth or region.evaluate(inside), "the focus went elsewhere"

    def has_focus(self) -> bool:
        """Whether anything at all has it: a dialog that closes gives it back."""
        return bool(self.page.evaluate("document.activeElement !== null && document.activeElement !== document.body"))
