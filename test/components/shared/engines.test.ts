import assert from "node:assert/strict";
import { Engine, engines, majorVersion, parameterFamily } from "../../../components/shared/engines";

describe("engines", () => {
    it("names the parameter family of a version", () => {
        assert.equal(parameterFamily("aurora-postgresql", "17"), "aurora-postgresql17");
        assert.equal(parameterFamily("aurora-postgresql", "16.8"), "aurora-postgresql16");
        assert.equal(parameterFamily("aurora-mysql", "8.0"), "aurora-mysql8.0");
        assert.equal(parameterFamily("aurora-mysql", "8.0.mysql_aurora.3.08.0"), "aurora-mysql8.0");
        assert.equal(parameterFamily("aurora-mysql", "8.4"), "aurora-mysql8.4");
    });

    it("knows no version that is unsupported, or only looks like one", () => {
        for (const version of ["", "9.6", "1", "170", "17x", "8.0"]) {
            assert.equal(majorVersion("aurora-postgresql", version), undefined, version);
        }
        for (const version of ["5.7", "8", "8.00", "17"]) {
            assert.equal(majorVersion("aurora-mysql", version), undefined, version);
        }
    });

    for (const engine of Object.values(Engine)) {
        const traits = engines[engine];

        it(`defaults to a supported version and an uncommon port for ${engine}`, () => {
            assert.ok(traits.majorVersions.includes(traits.defaultVersion));
            assert.notEqual(traits.defaultPort, traits.wellKnownPort);
        });

        it(`sets no parameter of ${engine} twice`, () => {
            const names = [traits.clusterParameters, traits.auditParameters, traits.instanceParameters]
                .flat()
                .map(({ name }) => name);
            assert.deepEqual(names, [...new Set(names)]);
        });
    }

    it("forces TLS", () => {
        const force = (engine: Engine, name: string) =>
            engines[engine].clusterParameters.find((parameter) => parameter.name === name)?.value;
        assert.equal(force("aurora-postgresql", "rds.force_ssl"), "1");
        assert.equal(force("aurora-mysql", "require_secure_transport"), "ON");
    });

    it("enables performance_schema for deployments in MySQL, at a reboot", () => {
        assert.deepEqual(engines["aurora-mysql"].instanceParameters, [
            { name: "performance_schema", value: "1", applyMethod: "pending-reboot" },
            { name: "log_bin_trust_function_creators", value: "1", applyMethod: "immediate" },
        ]);
    });

    it("loads libraries at a reboot: RDS refuses to load them at once", () => {
        const preload = engines["aurora-postgresql"].auditParameters.find((p) => p.name === "shared_preload_libraries");
        assert.deepEqual(preload, {
            name: "shared_preload_libraries",
            value: "pg_stat_statements,pgaudit",
            applyMethod: "pending-reboot",
        });
    });
});
