import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { generatorErrors } from "./generatorErrors";

// Retakes the screenshot of the plan page in the documents: `npm run picture -- .local/runs/…/plan.html`. It needs Chromium.

const picture = path.join(__dirname, "..", "docs", "images", "plan-page.png");
const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

async function main(page: string): Promise<void> {
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    try {
        const tab = await browser.newPage({ viewport: { width: 960, height: 100 }, colorScheme: "light" });
        await tab.goto(pathToFileURL(path.resolve(page)).href);
        await tab.screenshot({ path: picture, fullPage: true });
    } finally {
        await browser.close();
    }
}

const [page] = process.argv.slice(2);
if (page === undefined) {
    console.error(new generatorErrors.PageNotGiven({}).message);
    process.exit(2);
}
void main(page);
