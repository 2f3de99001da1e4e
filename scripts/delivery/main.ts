import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ActionName, bootstrapAction, driftAction, reapAction } from "../../components/contract";
import { bootstrap } from "./actions/bootstrap";
import { deploy } from "./actions/deploy";
import { drift } from "./actions/drift";
import { plan } from "./actions/plan";
import { rehearse } from "./actions/rehearse";
import { rollback } from "./actions/rollback";
import { CodeRefusal, codeReport } from "./code/refusal";
import { Context } from "./context";
import { DeliveryError, ExitCodes, InputError, messageOf } from "./errors";
import { readBootstrapSettings } from "./input/bootstrap";
import { refuseEndless } from "./input/endless";
import { readMigrations } from "./input/migrations";
import { refuseLinkOutside } from "./input/sourceFiles";
import { reaperSource } from "./input/rehearsal";
import { type LookSettings, readLookSettings, readSettings, Settings } from "./input/settings";
import { lintCases, lintLines } from "./lint";
import { Liquibase } from "./liquibase/liquibase";
import { Redactor } from "./redact";
import { aws } from "./rehearsal/copies/aws";
import { Log } from "./report/log";
import { Outputs } from "./report/outputs";

// The delivery program: `node delivery.cjs plan|rehearse|deploy|rollback`, run by the build specification in a CodeBuild
// project and by the local run alike; `bootstrap`, which makes the users that they connect as; `drift`, which looks at the
// catalog; and `reap`, which needs no database. Its exit codes are in errors.ts, what it reads and writes in components/contract.ts.

const actions: Record<ActionName, (context: Context) => Promise<void>> = { plan, rehearse, deploy, rollback };
const signals = { SIGINT: ExitCodes.interrupted, SIGTERM: ExitCodes.terminated };
/** How long a stopped build may take to look at the database and report. */
const patienceMillis = 10_000;
let stoppedWith: number | undefined;

async function main(): Promise<number> {
    const { hide, redact } = new Redactor();
    const log = new Log(redact);
    // Node.js would print its stack as it is.
    process.on("uncaughtException", (error) => {
        log.failure(error.stack ?? error.message);
        process.exit(ExitCodes.failed);
    });
    let outputs: Outputs | undefined;
    try {
        await perform(process.argv[2]);
        return ExitCodes.succeeded;
    } catch (error) {
        const message = messageOf(error);
        outputs?.reportFailure(process.argv[2] ?? "delivery", message);
        const expected = error instanceof InputError || error instanceof DeliveryError;
        log.failure(expected ? message : String((error as Error).stack ?? error));
        return expected ? error.exitCode : ExitCodes.failed;
    }

    async function perform(action: string | undefined): Promise<void> {
        switch (action) {
            case reapAction: {
                const { rdsClient, reap } = aws();
                return reap(rdsClient(), reaperSource(process.env), log.line);
            }
            case driftAction:
                return report(readLookSettings(process.env, __dirname, hide), drift);
            case bootstrapAction:
                return report(readBootstrapSettings(process.env, __dirname, hide), bootstrap);
            default:
                return report(readSettings(action, process.env, __dirname, hide), act);
        }
    }

    /** Of a failure there is a report as soon as the settings say where. */
    function report<S extends LookSettings>(settings: S, work: Work<S>): Promise<void> {
        outputs = new Outputs(settings.source, redact);
        return work(settings, outputs, log.line);
    }
}

type Work<S> = (settings: S, outputs: Outputs, log: Context["log"]) => Promise<void>;

async function act(settings: Settings, outputs: Outputs, log: Context["log"]): Promise<void> {
    refuseLinkOutside(settings.source, settings.migrations);
    const migrations = readMigrations(settings.migrations);
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "delivery-"));
    const liquibase = new Liquibase(settings, migrations, scratch);
    const signal = stopOnSignal(liquibase);
    try {
        // While Java starts.
        refuseEndless(migrations);
        await actions[settings.action]({ settings, migrations, liquibase, outputs, log, signal });
    } catch (error) {
        if (error instanceof CodeRefusal) {
            reportCode(error, settings, outputs, log);
        }
        throw error;
    } finally {
        await liquibase.close();
        fs.rmSync(scratch, { recursive: true, force: true });
    }
}

/** Whatever the action: code that is not allowed is a finding like those of the linter. */
function reportCode(refusal: CodeRefusal, settings: Settings, outputs: Outputs, log: Context["log"]): void {
    const report = codeReport(refusal, settings.environmentName);
    outputs.report([{ name: "lint", cases: lintCases(report) }]);
    lintLines(report).forEach(log);
}

/** Ends Liquibase; the action then fails, and reports what is in the database. */
function stopOnSignal(liquibase: Liquibase): AbortSignal {
    const stopping = new AbortController();
    for (const [signal, code] of Object.entries(signals)) {
        process.once(signal, () => {
            new Log().failure(`Stopped by ${signal}.`);
            stoppedWith = code;
            stopping.abort();
            void liquibase.close();
            setTimeout(() => process.exit(code), patienceMillis).unref();
        });
    }
    return stopping.signal;
}

void main().then((code) => {
    process.exitCode = stoppedWith ?? code;
});
