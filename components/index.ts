// The package's public surface: the components, their args, and the references by which one takes another's ids.
export { Egress, FlowLogTraffic, Network, type NetworkArgs } from "./network";
export type { BuildRef, DatabaseRef, NetworkRef, SecretRef } from "./references";
