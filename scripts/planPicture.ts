import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

// Writes the picture of the plan page in the documents anew: `npm run picture -- .local/runs/…/plan.html`. It needs Chromium.

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
    console.error(
        "Give the plan.html to take the picture of: npm run picture -- .local/runs/…/artifacts/DeployPlan/plan.html",
    );
    process.exit(2);
}
void main(page);
