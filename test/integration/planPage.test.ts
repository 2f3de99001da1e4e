import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { capabilities } from "../../scripts/delivery/engines/postgresql/capabilities";
import { planHtml } from "../../scripts/delivery/plan/html";
import { calmPlan, calmRehearsal, fullPlan, rehearsed } from "../support/planPages";
import { liquibase } from "../../scripts/delivery/tools/liquibase";

const executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) =>
    fs.existsSync(file),
);
const switches = [
    ...["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
    ...["--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync"],
];

const inPage = fs.readFileSync(path.join(__dirname, "../support/inPage.js"), "utf8");

interface Box {
    left: number;
    width: number;
    height: number;
    visible: boolean;
}

interface Contrast {
    text: string;
    ratio: number;
    needed: number;
}

const pages: [string, string][] = [
    ["with everything in it", planHtml(fullPlan, capabilities, liquibase, rehearsed)],
    ["without a rehearsal", planHtml(fullPlan, capabilities, liquibase)],
    ["that is calm", planHtml(calmPlan, capabilities, liquibase, calmRehearsal)],
    [
        "of a rollback",
        planHtml({ ...calmPlan, kind: "rollback", rollbackTo: "release-1", lint: undefined }, capabilities, liquibase),
    ],
    ["with nothing pending", planHtml({ ...calmPlan, changes: [] }, capabilities, liquibase)],
];

describe("the plan's page in a browser", function () {
    this.timeout(120_000);
    let browser: Browser;
    let directory: string;

    before(async function () {
        if (executable === undefined) {
            console.log("      skipped: there is no Chromium; Debian's package `chromium` brings it");
            this.skip();
        }
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "plan-page-"));
        browser = await chromium.launch({ executablePath: executable, headless: true, args: switches });
    });
    after(async () => {
        await browser?.close();
        if (directory) fs.rmSync(directory, { recursive: true });
    });

    async function open(
        content: string,
        { width = 1000, colorScheme = "light" }: { width?: number; colorScheme?: "light" | "dark" } = {},
    ): Promise<{ page: Page; requests: string[]; problems: string[] }> {
        const file = path.join(directory, "plan.html");
        fs.writeFileSync(file, content);
        const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
        const requests: string[] = [];
        const problems: string[] = [];
        page.on("request", (request) => requests.push(request.url()));
        page.on("console", (message) => problems.push(message.text()));
        page.on("pageerror", (error) => problems.push(error.message));
        await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
        return { page, requests, problems };
    }

    function evaluate<T>(page: Page, expression: string): Promise<T> {
        return page.evaluate<T>(`${inPage}\n${expression}`);
    }

    for (const [what, content] of pages) {
        it(`loads nothing and runs nothing: a page ${what}`, async () => {
            const { page, requests, problems } = await open(content);
            assert.deepEqual(requests, [page.url()]);
            assert.deepEqual(problems, []);
            assert.equal(await page.locator("script, img, link, iframe, object").count(), 0);
            await page.close();
        });

        for (const width of [320, 360, 768, 1400]) {
            it(`never scrolls sideways at ${width} px: a page ${what}`, async () => {
                const { page } = await open(content, { width });
                const room = await evaluate<number>(page, "innerWidth - document.documentElement.scrollWidth");
                assert.ok(room >= 0, `${-room} px too wide`);
                assert.deepEqual(await evaluate(page, "overflowing()"), []);
                await page.close();
            });
        }

        for (const colorScheme of ["light", "dark"] as const) {
            it(`has enough contrast everywhere (${colorScheme}): a page ${what}`, async () => {
                const { page } = await open(content, { colorScheme });
                await evaluate(page, "unfold()");
                const contrasts = await evaluate<Contrast[]>(page, "textContrasts()");
                assert.ok(contrasts.length > 10, `only ${contrasts.length} texts were looked at`);
                assert.deepEqual(
                    contrasts.filter(({ ratio, needed }) => ratio < needed),
                    [],
                );
                await page.close();
            });
        }

        it(`has headings in order, a language and a title: a page ${what}`, async () => {
            const { page } = await open(content);
            const levels = await evaluate<number[]>(page, "headingLevels()");
            assert.equal(levels[0], 1);
            assert.equal(levels.filter((level) => level === 1).length, 1);
            levels.slice(1).forEach((level, index) => assert.ok(level - levels[index]! <= 1, levels.join(" ")));
            assert.equal(await page.locator("html").getAttribute("lang"), "en");
            assert.match(await page.title(), /release-3f9c2ab-71d0c4e5/);
            assert.equal(await page.locator("main").count(), 1);
            await page.close();
        });
    }

    it("shows every statement exactly as it runs, whatever markup it holds", async () => {
        const { page } = await open(planHtml(fullPlan, capabilities, liquibase, rehearsed));
        const shown = await page.locator("article > pre").allTextContents();
        assert.deepEqual(
            shown,
            fullPlan.changes.map(({ sql }) => sql.join("\n\n")),
        );
        const undo = await page.locator("article details pre").allTextContents();
        assert.deepEqual(
            undo,
            fullPlan.changes.flatMap((change) => (change.undo ? [change.undo.join("\n\n")] : [])),
        );
        await page.close();
    });

    it("shows characters that turn text around instead of obeying them", async () => {
        const { page } = await open(planHtml(fullPlan, capabilities, liquibase));
        assert.match((await page.locator("article").last().textContent())!, /Nobody needs them \\u\{202e\} any more/);
        await page.close();
    });

    it("draws lock times to scale, with the budget", async () => {
        const { page } = await open(planHtml(fullPlan, capabilities, liquibase, rehearsed));
        const boxes = (selector: string) => evaluate<Box[]>(page, `boxes(${JSON.stringify(selector)})`);
        const [scale, least, most, budget] = await Promise.all(
            ["", " .least", " .most", " .budget"].map((part) => boxes(`.scale${part}`)),
        );
        const close = (actual: number, expected: number) => {
            const whole = scale![0]!.width;
            assert.ok(Math.abs(actual - expected * whole) <= 3, `${actual} of ${whole}, not ${expected}`);
        };
        // The longest, 2,050 ms at most, is as long as the scale.
        close(least![0]!.width, 2000 / 2050);
        close(most![0]!.width, 1);
        close(least![1]!.width, 1000 / 2050);
        close(most![1]!.width, 1200 / 2050);
        close(budget![0]!.left - scale![0]!.left, 500 / 2050);
        assert.equal(await page.locator(".scale").count(), 3);
        assert.equal(await page.locator(".scale.over").count(), 1);
        assert.equal(
            await page.locator(".scale.over").getAttribute("aria-label"),
            "ACCESS EXCLUSIVE on public.orders, 2 s, over the budget",
        );
        await page.close();
    });

    it("answers an approver's questions at a glance", async () => {
        const { page } = await open(planHtml(fullPlan, capabilities, liquibase, rehearsed));
        const tiles = await evaluate<string[]>(page, "tiles()");
        assert.deepEqual(tiles, [
            "tile warn: Will be applied 4 changesets1 outside a transaction",
            "tile bad: Lint 1 error1 error, 0 warnings, 1 waived; lowered or waived by the repository: 3",
            "tile bad: Exclusive lock 2 sbudget 500 ms",
            "tile bad: Rollback Impossible",
            "tile warn: Drift 1 objectchanged by hand",
        ]);
        assert.match((await page.locator("footer").textContent())!, new RegExp(fullPlan.digest));
        await page.close();
    });

    it("prints what is folded away", async () => {
        const { page } = await open(planHtml(calmPlan, capabilities, liquibase, calmRehearsal));
        const visible = async () => (await evaluate<Box[]>(page, 'boxes("details pre")'))[0]!.visible;
        assert.equal(await visible(), false);
        await page.emulateMedia({ media: "print" });
        assert.equal(await visible(), true);
        await page.close();
    });

    it("opens with ten thousand changes", async () => {
        const [change] = calmPlan.changes;
        const changes = Array.from({ length: 10_000 }, (_, index) => ({ ...change!, id: `change-${index}` }));
        const content = planHtml({ ...calmPlan, changes }, capabilities, liquibase);
        assert.ok(content.length < 1_200_000, String(content.length));
        const { page } = await open(content);
        assert.match((await page.locator("main").textContent())!, /Changes \d+ to \d+ are in\s+plan\.json/);
        await page.close();
    });
});
