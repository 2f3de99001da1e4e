import { alarmRules } from "./prose/monitoring";
import { databaseRules } from "./prose/database";
import { deliveryRules } from "./prose/delivery";
import { networkRules } from "./prose/network";
import { storageRules } from "./prose/storage";
import type { ProseRule } from "./rule";

// Rules of AWS that its API models do not hold, only their prose, or a page of the documentation.

export const proseRules: ProseRule[] = [
    ...networkRules,
    ...databaseRules,
    ...deliveryRules,
    ...alarmRules,
    ...storageRules,
];
