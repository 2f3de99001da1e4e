import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ActionName } from "../../components/contract";
import { Context } from "./context";
import { deploy } from "./deploy";
import { DeliveryError, ExitCodes, InputError, messageOf } from "./errors";
import { Liquibase } from "./liquibase";
import { readMigrations } from "./migrations";
import { Outputs } from "./outputs";
import { plan } from "./plan";
import { redactor } from "./redact";
import { rollback } from "./rollback";
import { readSettings, Settings } from "./settings";

// The delivery program: `node delivery.cjs plan|deploy|rollback`, run by the build specification in a CodeBuild project
// and by the local run alike. Its exit codes are in errors.ts, what it reads and writes in components/contract.ts.

const actions: Record<ActionName, (context: Context) => Promise<void>> = { plan, deploy, rollback };

async function main(): Promise<number> {
    const redact = redactor([process.env.DB_PASSWORD ?? ""]);
    const log = (line: string) => console.log(redact(line));
    let outputs: Outputs | undefined;
    try {
        const settings = readSettings(process.argv[2], process.env, __dirname);
        outputs = new Outputs(settings.source, redact);
        await act(settings, outputs, log);
        return ExitCodes.succeeded;
    } catch (error) {
        const message = messageOf(error);
        outputs?.reportFailure(process.argv[2] ?? "delivery", message);
        console.error(redact(isExpected(error) ? message : String((error as Error).stack ?? error)));
        return isExpected(error) ? error.exitCode : ExitCodes.failed;
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

function isExpected(error: unknown): error is InputError | DeliveryError {
    return error instanceof InputError || error instanceof DeliveryError;
}

function stopOnSignal(liquibase: Liquibase): void {
    const stop = (signal: "SIGINT" | "SIGTERM") => {
        console.error(`Stopped by ${signal}; the statement that runs is cancelled, what was applied before stays.`);
        void liquibase
            .close()
            .then(() => process.exit(signal === "SIGINT" ? ExitCodes.interrupted : ExitCodes.terminated));
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
}

void main().then((code) => {
    process.exitCode = code;
});
