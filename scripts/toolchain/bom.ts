import { Contrib, Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { PackageURL } from "packageurl-js";
import parseExpression from "spdx-expression-parse";
import type { ArchiveFile } from "./archive";
import { type Jar, sha256Of } from "./jars";
import type { PomLicence } from "./licences";
import type { LockedPackage } from "./packageLock";

/** A file of the archive and its origin. */
export interface Part extends ArchiveFile {
    origin: Origin;
}

export type Origin =
    | { kind: "own" }
    | { kind: "jar"; jar: Jar; licences: PomLicence[] }
    /** A file from an npm package. */
    | { kind: "npm"; package: LockedPackage }
    /** Built from sources of this project and npm packages. */
    | { kind: "bundle"; packages: LockedPackage[] };

const { ComponentType, HashAlgorithm } = Enums;
const licenceFactory = new Contrib.License.Factories.LicenseFactory(parseExpression);

/** POMs call one licence by many names, but refer to one text. */
const identifiersByUrl: { pattern: RegExp; id: string }[] = [
    { pattern: /^https?:\/\/(www\.)?apache\.org\/licenses\/LICENSE-2\.0(\.txt|\.html)?$/, id: "Apache-2.0" },
    { pattern: /^https?:\/\/(www\.)?opensource\.org\/licenses\/MIT(-license\.php)?$/i, id: "MIT" },
];

/**
 * The bill of materials of the archive, as CycloneDX 1.6 in JSON (https://cyclonedx.org/docs/1.6/json/): every file of
 * it, and every npm package bundled into one. The same archive gives the same bytes: no timestamp, no serial number.
 */
export function billOfMaterials(archive: { name: string; sha256: string }, parts: Part[]): string {
    const root = new Models.Component(ComponentType.Application, "aurora-pipeline-toolchain", {
        bomRef: "toolchain",
        version: archive.sha256.slice(0, 16),
        description: archive.name,
        hashes: new Models.HashDictionary([[HashAlgorithm["SHA-256"], archive.sha256]]),
        licenses: licences([{ name: "Apache-2.0" }]),
    });
    const bom = new Models.Bom({ metadata: new Models.Metadata({ component: root }) });
    const packages = new Map<string, Models.Component>();
    for (const part of parts) {
        const component = componentOf(part);
        bom.components.add(component);
        root.dependencies.add(component.bomRef);
        for (const bundled of part.origin.kind === "bundle" ? part.origin.packages : []) {
            const known = packages.get(purlOf(bundled)) ?? packageComponent(bundled);
            packages.set(purlOf(bundled), known);
            component.dependencies.add(known.bomRef);
        }
    }
    packages.forEach((component) => bom.components.add(component));
    const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
    return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function componentOf(part: Part): Models.Component {
    const { name, content, origin } = part;
    const hashes = new Models.HashDictionary([[HashAlgorithm["SHA-256"], sha256Of(content)]]);
    const common = { bomRef: `file:${name}`, hashes, properties: fileProperty(name) };
    switch (origin.kind) {
        case "jar": {
            const { group, artifact, version } = origin.jar;
            return new Models.Component(ComponentType.Library, artifact, {
                ...common,
                group,
                version,
                purl: jarPurl(origin.jar),
                licenses: licences(origin.licences),
            });
        }
        case "npm":
            return new Models.Component(ComponentType.File, name, {
                ...common,
                version: origin.package.version,
                purl: purlOf(origin.package),
                licenses: licences(declared(origin.package)),
            });
        default:
            return new Models.Component(ComponentType.File, name, {
                ...common,
                licenses: licences([{ name: "Apache-2.0" }]),
            });
    }
}

/** A bundled package: its files cannot be told apart any more, so its hash is the tarball's. */
function packageComponent(bundled: LockedPackage): Models.Component {
    const { group, name } = npmName(bundled);
    return new Models.Component(ComponentType.Library, name, {
        bomRef: purlOf(bundled),
        ...(group === undefined ? {} : { group }),
        version: bundled.version,
        purl: purlOf(bundled),
        hashes: new Models.HashDictionary([[HashAlgorithm["SHA-512"], bundled.sha512]]),
        licenses: licences(declared(bundled)),
    });
}

function fileProperty(name: string): Models.PropertyRepository {
    return new Models.PropertyRepository([new Models.Property("aurora-pipeline:file", name)]);
}

function declared({ license }: LockedPackage): PomLicence[] {
    return license === undefined ? [] : [{ name: license }];
}

/** An SPDX identifier if it is certain, else the published name. */
function licences(given: PomLicence[]): Models.LicenseRepository {
    return new Models.LicenseRepository(
        given.map(({ name, url }) => {
            const id = identifiersByUrl.find(({ pattern }) => url !== undefined && pattern.test(url))?.id;
            const licence = licenceFactory.makeFromString(id ?? name);
            if (licence instanceof Models.NamedLicense && url !== undefined) {
                licence.url = url;
            }
            return licence;
        }),
    );
}

function jarPurl({ group, artifact, version, classifier }: Jar): string {
    const qualifiers = { type: "jar", ...(classifier === undefined ? {} : { classifier }) };
    return new PackageURL("maven", group, artifact, version, qualifiers).toString();
}

function purlOf(bundled: LockedPackage): string {
    const { group, name } = npmName(bundled);
    return new PackageURL("npm", group, name, bundled.version).toString();
}

function npmName({ name }: LockedPackage): { group?: string; name: string } {
    const slash = name.lastIndexOf("/");
    return slash === -1 ? { name } : { group: name.slice(0, slash), name: name.slice(slash + 1) };
}
