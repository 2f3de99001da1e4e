import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { newEnvironment, nextSteps } from "../../../scripts/scaffold/environment";

const root = path.join(__dirname, "../../..");

describe("npm run new-environment", () => {
    let program: string;

    beforeEach(() => {
        program = fs.mkdtempSync(path.join(os.tmpdir(), "new-environment-"));
        fs.copyFileSync(path.join(root, "Pulumi.yaml"), path.join(program, "Pulumi.yaml"));
    });
    afterEach(() => fs.rmSync(program, { recursive: true }));

    const config = (stack: string, lines: string[]) =>
        fs.writeFileSync(path.join(program, `Pulumi.${stack}.yaml`), ["config:", ...lines, ""].join("\n"));
    const written = (name: string, profile?: string) =>
        fs.readFileSync(newEnvironment({ name, profile, program }), "utf8");

    it("takes region and source from the existing stack, but no decision about one stack", () => {
        config("dev", [
            "  aws:region: eu-west-1",
            "  aurora-pipeline:repository: shop/orders",
            "  aurora-pipeline:maxCapacity: 4",
            "  aurora-pipeline:tags:",
            "    team: orders",
        ]);
        assert.equal(
            written("staging"),
            [
                "# Everything else comes from the profile in stacks/dev.ts; `aurora-pipeline:<key>` overrides it (keys: Pulumi.yaml).",
                "config:",
                "  aws:region: eu-west-1",
                "  aurora-pipeline:repository: shop/orders",
                "  aurora-pipeline:tags:",
                "    team: orders",
                "  aurora-pipeline:environment: dev",
                "",
            ].join("\n"),
        );
    });

    it("says to replace the sample's repository", () => {
        const steps = (repository: string, name: string) => {
            config("dev", [`  aurora-pipeline:repository: ${repository}`]);
            written(name);
            return nextSteps({ name, program });
        };
        const others = (name: string) => [
            `npm start -- --env ${name}   # runs its pipeline on this machine`,
            `pulumi stack init ${name} && pulumi up   # creates it`,
        ];
        assert.deepEqual(steps("my-org/my-repository", "staging"), [
            others("staging")[0],
            "Set aws:region and aurora-pipeline:repository in Pulumi.staging.yaml: my-org/my-repository belongs to the sample.",
            others("staging")[1],
        ]);
        assert.deepEqual(steps("shop/orders", "live"), others("live"));
        // What this repository's own stacks have is the sample's.
        assert.match(
            fs.readFileSync(path.join(root, "Pulumi.dev.yaml"), "utf8"),
            /repository: my-org\/my-repository$/m,
        );
    });

    it("names the profile only if the stack's name does not", () => {
        config("dev", ["  aurora-pipeline:repository: shop/orders"]);
        assert.match(
            written("prod", "prod"),
            /^# Everything else comes from the profile in stacks\/prod\.ts;(?![^]*environment)/,
        );
        assert.match(written("live", "prod"), /aurora-pipeline:environment: prod\n$/);
    });

    it("writes only valid config", () => {
        assert.throws(() => written("staging"), /The config of the stack "staging" has 1 problem[^]*repository/);
        config("dev", ["  aurora-pipeline:repository: shop/orders"]);
        assert.throws(() => written("Not_a_name"), /stack: given "Not_a_name"/);
        assert.throws(() => written("staging", "huge"), /There is no profile "huge"\. Allowed: dev, prod\./);
        assert.deepEqual(fs.readdirSync(program).sort(), ["Pulumi.dev.yaml", "Pulumi.yaml"]);
    });

    it("does not change an existing stack's config", () => {
        config("dev", ["  aurora-pipeline:repository: shop/orders"]);
        assert.throws(
            () => written("dev"),
            /Pulumi\.dev\.yaml already exists\. Choose another name, or edit that file\./,
        );
    });
});
