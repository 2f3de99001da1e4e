import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ActionName, EnvironmentVariables } from "../../components/contract";
import { deploy } from "./actions/deploy";
import { plan } from "./actions/plan";
import { rollback } from "./actions/rollback";
import { Context } from "./context";
import { DeliveryError, ExitCodes, InputError, messageOf } from "./errors";
import { readMigrations } from "./input/migrations";
import { readSettings, Settings } from "./input/settings";
import { Liquibase } from "./liquibase/liquibase";
import { redactor } from "./redact";
import { Outputs } from "./report/outputs";

// The delivery program: `node delivery.cjs plan|deploy|rollback`, run by the build specification in a CodeBuild project
// and by the local run alike. Its exit codes are in errors.ts, what it reads and writes in components/contract.ts.

const actions: Record<ActionName, (context: Context) => Promise<void>> = { plan, deploy, rollback };
const signals = { SIGINT: ExitCodes.interrupted, SIGTERM: ExitCodes.terminated };
/** How long a stopped build may take to look at the database and report. */
const patienceMillis = 10_000;
let stoppedWith: number | undefined;

async function main(): Promise<number> {
    const redact = redactor([process.env[EnvironmentVariables.databasePassword] ?? ""]);
    let outputs: Outputs | undefined;
    try {
        const settings = readSettings(process.argv[2], process.env, __dirname);
        outputs = new Outputs(settings.source, redact);
        await act(settings, outputs, (line) => console.log(redact(line)));
        return ExitCodes.succeeded;
    } catch (error) {
        const message = messageOf(error);
        outputs?.reportFailure(process.argv[2] ?? "delivery", message);
        const expected = error instanceof InputError || error instanceof DeliveryError;
        console.error(redact(expected ? message : String((error as Error).stack ?? error)));
        return expected ? error.exitCode : ExitCodes.failed;
    }
}

async function act(settings: Settings, outputs: Outputs, log: Context["log"]): Promise<void> {
    const migrations = readMigrations(settings.migrations);
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "delivery-"));
    const liquibase = new Liquibase(settings, migrations, scratch);
    stopOnSignal(liquibase);
    try {
        await actions[settings.action]({ settings, migrations, liquibase, outputs, log });
    } finally {
        await liquibase.close();
        fs.rmSync(scratch, { recursive: true, force: true });
    }
}

/** Ends Liquibase; the action then fails, and reports what is in the database. */
function stopOnSignal(liquibase: Liquibase): void {
    for (const [signal, code] of Object.entries(signals)) {
        process.once(signal, () => {
            console.error(`Stopped by ${signal}.`);
            stoppedWith = code;
            void liquibase.close();
            setTimeout(() => process.exit(code), patienceMillis).unref();
        });
    }
}

void main().then((code) => {
    process.exitCode = stoppedWith ?? code;
});
