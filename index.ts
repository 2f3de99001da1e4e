import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "./stacks/config";
import { createEnvironment } from "./stacks/environment";
import { environmentName } from "./stacks/names";
import { ensureToolchain } from "./stacks/toolchain";

const settings = readSettings();
ensureToolchain();

/** The outputs of a stack; each is described in stacks/environment.ts. */
export = createEnvironment(environmentName(pulumi.getProject(), pulumi.getStack()), settings);
