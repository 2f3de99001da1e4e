import * as path from "node:path";
import { run } from "./process";
import { inTurn, Pairs } from "./statistics";

const root = path.join(__dirname, "..", "..");
const sdks = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/random"];

/**
 * Evaluating the prod program (compiled without type check, as a preview does) against loading the SDKs it uses. Both
 * without the compile cache of `npm run`, which the Pulumi engine does not set.
 */
export function evaluation(rounds: number): Promise<Pairs> {
    const requires = sdks.map((name) => `require(${JSON.stringify(name)})`).join(";");
    const evaluate = `require(${JSON.stringify(path.join(root, "scripts/local/evaluate"))}).evaluate("prod").then(() => process.exit())`;
    const options = { cwd: root, env: { NODE_COMPILE_CACHE: undefined } };
    return inTurn(
        rounds,
        () => run(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", evaluate], options),
        () => run(process.execPath, ["-e", `${requires};process.exit()`], options),
    );
}
