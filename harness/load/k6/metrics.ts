// Names that the generated script and the reader of its stream must agree on.
export const METRIC = {
  /** Told once, when the load is about to begin. */
  origin: 'remuster_origin',
  /** A request is sent; the value is by how much it is late, ms (closed model). */
  sent: 'remuster_sent',
  /** A request has ended; the tags say how. */
  ended: 'remuster_ended',
  /** k6's own counts and thresholds, at the end. */
  summary: 'remuster_summary',
} as const;
