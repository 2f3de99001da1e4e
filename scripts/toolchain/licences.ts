import * as fs from "node:fs";
import * as path from "node:path";
import { parseXml, XmlElement } from "@rgrove/parse-xml";
import { Jar } from "./jars";

/** A licence as a POM names it. */
export interface PomLicence {
    name: string;
    url?: string;
}

/** The licence in a jar's POM, or in the nearest parent that has one: https://maven.apache.org/pom.html#Licenses */
export function licencesOf(directory: string, { group, artifact, version }: Omit<Jar, "file">): PomLicence[] {
    const file = path.join(directory, ...group.split("."), artifact, version, `${artifact}-${version}.pom`);
    if (!fs.existsSync(file)) {
        return [];
    }
    const { root } = parseXml(fs.readFileSync(file, "utf8"), { ignoreUndefinedEntities: true });
    const licences = children(child(root, "licenses"), "license").flatMap((licence): PomLicence[] => {
        const [name, url] = [textOf(licence, "name"), textOf(licence, "url")];
        return name === undefined ? [] : [{ name, ...(url === undefined ? {} : { url }) }];
    });
    const parent = child(root, "parent");
    if (licences.length > 0 || parent === undefined) {
        return licences;
    }
    return licencesOf(directory, {
        group: textOf(parent, "groupId") ?? "",
        artifact: textOf(parent, "artifactId") ?? "",
        version: textOf(parent, "version") ?? "",
    });
}

function children(element: XmlElement | null | undefined, name: string): XmlElement[] {
    return (element?.children ?? []).filter(
        (node): node is XmlElement => node instanceof XmlElement && node.name === name,
    );
}

function child(element: XmlElement | null, name: string): XmlElement | undefined {
    return children(element, name)[0];
}

function textOf(element: XmlElement, name: string): string | undefined {
    return child(element, name)?.text.trim().replaceAll(/\s+/g, " ") || undefined;
}
