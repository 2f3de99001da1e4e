import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
    AnalyzeRequest,
    AnalyzeStackRequest,
    AnalyzerPropertyDependencies,
    AnalyzerResource,
    AnalyzerResourceOptions,
    ConfigureAnalyzerRequest,
    PolicyConfig,
    EnforcementLevel,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Recorded } from "./mocks";

const root = path.join(__dirname, "..", "..");
const directory = path.join(root, "policy");
/** How the engine says "not known yet" of a text, on the wire. */
export const unknownOnTheWire = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Diagnostic {
    policy: string;
    message: string;
    urn: string;
    mandatory: boolean;
}

/** The policy pack in a process of its own, started and asked as the Pulumi engine does; no Pulumi CLI is needed. */
export class Engine {
    private constructor(
        private readonly process: ChildProcess,
        private readonly client: AnalyzerClient,
    ) {}

    static async start(stack: string, config: Record<string, string> = {}): Promise<Engine> {
        const runner = path.join(root, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
        const pack = spawn(process.execPath, [runner, "127.0.0.1:0", "."], {
            cwd: directory,
            env: {
                ...process.env,
                // The tests' own: the pack has a project of its own, which the engine would not know either.
                TS_NODE_PROJECT: undefined,
                PULUMI_CONFIG: JSON.stringify(config),
                PULUMI_NODEJS_PROJECT: "aurora-pipeline",
                PULUMI_NODEJS_STACK: stack,
            },
            stdio: ["ignore", "pipe", "inherit"],
        });
        // The first line that it prints is the port it listens on.
        const [line] = (await Promise.race([once(pack.stdout, "data"), exited(pack)])) as [Buffer];
        const address = `127.0.0.1:${line.toString().trim()}`;
        return new Engine(pack, new AnalyzerClient(address, grpc.credentials.createInsecure()));
    }

    async stop(): Promise<void> {
        this.client.close();
        const end = once(this.process, "exit");
        this.process.kill();
        await end;
    }

    /** Names of the policies. */
    async policies(): Promise<string[]> {
        const info = await call<{ getPoliciesList(): { getName(): string }[] }>((done) =>
            this.client.getAnalyzerInfo(new Empty(), done),
        );
        return info.getPoliciesList().map((policy) => policy.getName());
    }

    /** What `--policy-pack-config` would say of one policy. */
    async configure(policy: string, properties: Record<string, JavaScriptValue>): Promise<void> {
        const config = new PolicyConfig()
            .setEnforcementlevel(EnforcementLevel.MANDATORY)
            .setProperties(Struct.fromJavaScript(properties));
        const request = new ConfigureAnalyzerRequest();
        request.getPolicyconfigMap().set(policy, config);
        await call((done) => this.client.configure(request, done));
    }

    /** Judges one resource by itself, before it is registered. */
    async analyze(resource: Recorded): Promise<Diagnostic[]> {
        const request = new AnalyzeRequest()
            .setType(resource.type)
            .setName(resource.name)
            .setUrn(resource.urn)
            .setProperties(wire(resource.inputs))
            .setOptions(new AnalyzerResourceOptions().setProtect(resource.protect));
        return diagnosticsOf(await call((done) => this.client.analyze(request, done)));
    }

    /** Judges all resources together, at the end of a preview or an update. */
    async analyzeStack(resources: Recorded[]): Promise<Diagnostic[]> {
        const request = new AnalyzeStackRequest().setResourcesList(resources.map(analyzerResource));
        return diagnosticsOf(await call((done) => this.client.analyzeStack(request, done)));
    }
}

function analyzerResource(resource: Recorded): AnalyzerResource {
    const result = new AnalyzerResource()
        .setType(resource.type)
        .setName(resource.name)
        .setUrn(resource.urn)
        .setParent(resource.parent)
        .setProperties(wire({ ...resource.outputs, ...resource.inputs }))
        .setOptions(new AnalyzerResourceOptions().setProtect(resource.protect))
        .setDependenciesList(resource.dependencies);
    for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
        const dependencies = new AnalyzerPropertyDependencies().setUrnsList(urns);
        result.getPropertydependenciesMap().set(property, dependencies);
    }
    return result;
}

/** Properties as they travel; what is not JSON (files, secrets) is not what the rules are about. */
function wire(properties: object): Struct {
    return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>);
}

interface Response {
    getDiagnosticsList(): {
        getPolicyname(): string;
        getMessage(): string;
        getUrn(): string;
        getEnforcementlevel(): EnforcementLevel;
    }[];
}

function diagnosticsOf(response: Response): Diagnostic[] {
    return response.getDiagnosticsList().map((diagnostic) => ({
        policy: diagnostic.getPolicyname(),
        message: diagnostic.getMessage(),
        urn: diagnostic.getUrn(),
        mandatory: diagnostic.getEnforcementlevel() === EnforcementLevel.MANDATORY,
    }));
}

function call<T>(send: (done: (error: Error | null, response: T) => void) => unknown): Promise<T> {
    return new Promise((resolve, reject) =>
        send((error, response) => (error === null ? resolve(response) : reject(error))),
    );
}

async function exited(pack: ChildProcess): Promise<never> {
    const [code] = (await once(pack, "exit")) as [number | null];
    throw new Error(`The policy pack ended with exit code ${code} before it listened.`);
}
