/** Namespace of the metrics of rotations that failed; each is named after its function. */
export const rotationMetrics = "AuroraPipeline/Rotation";
