// Runs in a page, not in Node: the tests of the plan's page evaluate it there.
/* global document, getComputedStyle, Node */
/* eslint-disable no-unused-vars -- the tests call them by name. */

/** What sticks out to the right. */
function overflowing() {
    const width = document.documentElement.clientWidth;
    return [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > width + 1)
        .map((element) => `${element.tagName}.${element.className}`);
}

function headingLevels() {
    return [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(({ tagName }) => Number(tagName.slice(1)));
}

function unfold() {
    document.querySelectorAll("details").forEach((details) => details.setAttribute("open", ""));
}

/** The boxes of all elements that a selector finds. */
function boxes(selector) {
    return [...document.querySelectorAll(selector)].map((element) => {
        const { left, width, height } = element.getBoundingClientRect();
        return { left, width, height, visible: element.checkVisibility() };
    });
}

function tiles() {
    return [...document.querySelectorAll(".tile")].map((tile) =>
        [tile.className, tile.textContent.replaceAll(/\s+/g, " ").trim()].join(": "),
    );
}

/** By WCAG 2: relative luminance of each text against what is painted behind it. */
function textContrasts() {
    return [...document.querySelectorAll("body *")].flatMap((element) => {
        const text = [...element.childNodes]
            .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
            .map(({ textContent }) => textContent.trim())
            .join(" ")
            .trim();
        if (text === "") return [];
        const style = getComputedStyle(element);
        const [one, other] = [luminance(parseColor(style.color)), luminance(background(element))];
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        return [
            {
                text: text.slice(0, 60),
                ratio: Math.round((100 * (Math.max(one, other) + 0.05)) / (Math.min(one, other) + 0.05)) / 100,
                needed: large ? 3 : 4.5,
            },
        ];
    });
}

function background(element) {
    if (element === null) return [255, 255, 255, 1];
    const color = parseColor(getComputedStyle(element).backgroundColor);
    // The page's style knows no half-transparent backgrounds.
    return color[3] === 0 ? background(element.parentElement) : color;
}

function parseColor(color) {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
    return [red, green, blue, alpha];
}

function luminance(color) {
    const [red, green, blue] = color.slice(0, 3).map((channel) => {
        const value = channel / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
