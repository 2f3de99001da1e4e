import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Action, deliveryCommand, reapCommand, type ReleaseCommand } from "../../components/contract";
import { bootstrap } from "./actions/bootstrap";
import { deploy } from "./actions/deploy";
import { drift } from "./actions/drift";
import { plan } from "./actions/plan";
import { rehearse } from "./actions/rehearse";
import { rollback } from "./actions/rollback";
import { Context } from "./context";
import type { Engine } from "./engines/engine";
import { engineNamed } from "./engines/registry";
import { CodedError, databaseErrors, ExitCodes, inputErrors, messageOf } from "./errors";
import { readBootstrapSettings } from "./input/bootstrap";
import { readMigrations } from "./input/migrations";
import { refuseLinkOutside } from "./input/sourceFiles";
import { reaperSource } from "./input/rehearsal";
import { readLookSettings, readSettings } from "./input/settings";
import type { LookSettings, Settings } from "./settings";
import { codeReport, lintCases, lintLines } from "./lint";
import { CodeRefusal } from "./tools/code";
import { toolNamed } from "./tools/registry";
import type { MigrationSession } from "./tools/tool";
import { Redactor } from "./redact";
import { aws } from "./aws/calls";
import { junitReport } from "./report/junit";
import { Log } from "./report/log";
import { Outputs } from "./report/outputs";

// The delivery program: `node delivery.cjs plan|rehearse|deploy|rollback`, run by the build specification in a
// CodeBuild project and by the local run alike. In addition, `bootstrap` creates the database users, `drift` checks the
// catalog, and `reap`, which needs no database, deletes expired clones. Its exit codes are in errors/define.ts, its inputs and
// outputs in components/contract.ts.

const actions: Record<ReleaseCommand, (context: Context) => Promise<void>> = { plan, rehearse, deploy, rollback };
const signals = { SIGINT: ExitCodes.interrupted, SIGTERM: ExitCodes.terminated };
/** How long a stopped build may take to check the database and report. */
const patienceMillis = 10_000;
let stoppedWith: number | undefined;

async function main(): Promise<number> {
    const { hide, redact } = new Redactor();
    const log = new Log(redact);
    // Node.js would print the stack unredacted.
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
        const action = process.argv[2] ?? "delivery";
        if (error instanceof CodedError) {
            log.failure(message);
            if (message.includes("\n")) log.failure(failedIn(action, error));
            return error.exitCode;
        }
        log.failure(String((error as Error).stack ?? error));
        log.failure(failedIn(action, new inputErrors.ProgramFault({ reason: message })));
        return ExitCodes.failed;
    }

    async function perform(action: string | undefined): Promise<void> {
        switch (action) {
            case reapCommand: {
                return aws.reaper().reap(aws.clients().awsClient("rds"), reaperSource(process.env), log.line);
            }
            case deliveryCommand(Action.Drift):
                return report(readLookSettings(process.env, __dirname, hide), (settings, engine, ...rest) =>
                    drift(settings, engine, toolNamed(settings.tool).tracking, ...rest),
                );
            case deliveryCommand(Action.Bootstrap):
                return report(readBootstrapSettings(process.env, __dirname, hide), (settings, engine, ...rest) =>
                    bootstrap(settings, engine, toolNamed(settings.tool).tracking, ...rest),
                );
            default:
                return report(readSettings(action, process.env, __dirname, hide), act);
        }
    }

    /** A failure produces a report as soon as the settings say where to write it. */
    async function report<S extends LookSettings>(settings: S, work: Work<S>): Promise<void> {
        outputs = new Outputs(settings.source, redact);
        const engine = engineNamed(settings.engine);
        try {
            await work(settings, engine, outputs, log.line);
        } catch (error) {
            // An action's own error about a lost connection has a code.
            throw !(error instanceof CodedError) && engine.errors.isTransient(error)
                ? new databaseErrors.ConnectionInterrupted({ reason: messageOf(error) }, { cause: error })
                : error;
        }
    }
}

/** The last line of a log that a person opens: the cause and the next step. */
function failedIn(action: string, error: CodedError): string {
    return `Failed in ${action.charAt(0).toUpperCase()}${action.slice(1)}: ${error.summary}`;
}

type Work<S> = (settings: S, engine: Engine, outputs: Outputs, log: Context["log"]) => Promise<void>;

async function act(settings: Settings, engine: Engine, outputs: Outputs, log: Context["log"]): Promise<void> {
    const tool = toolNamed(settings.tool);
    refuseLinkOutside(settings.source, settings.migrations);
    const migrations = readMigrations(settings.migrations, tool, engine);
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "delivery-"));
    const session = migrations.project.open(settings, engine, scratch);
    const signal = stopOnSignal(session);
    try {
        // Runs while the tool starts.
        migrations.project.refuseEndless();
        await actions[settings.action]({ settings, migrations, engine, tool, session, outputs, log, signal });
    } catch (error) {
        if (error instanceof CodeRefusal) {
            reportCode(error, settings, outputs, log);
        }
        throw error;
    } finally {
        await session.close();
        fs.rmSync(scratch, { recursive: true, force: true });
    }
}

/** For any action, forbidden code is reported as a finding, like those of the linter. */
function reportCode(refusal: CodeRefusal, settings: Settings, outputs: Outputs, log: Context["log"]): void {
    const report = codeReport(refusal, toolNamed(settings.tool), settings.environmentName);
    outputs.report([{ name: "lint", cases: lintCases(report) }]);
    lintLines(report, junitReport).forEach((line) => log(line));
}

/** Stops the migration tool; the action then fails and reports the state of the database. */
function stopOnSignal(session: MigrationSession): AbortSignal {
    const stopping = new AbortController();
    for (const [signal, code] of Object.entries(signals)) {
        process.once(signal, () => {
            new Log().failure(`Stopped by ${signal}.`);
            stoppedWith = code;
            stopping.abort();
            void session.close();
            setTimeout(() => process.exit(code), patienceMillis).unref();
        });
    }
    return stopping.signal;
}

void main().then((code) => {
    process.exitCode = stoppedWith ?? code;
});
