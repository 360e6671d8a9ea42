/** Host and port where nobody listens: port 1 is reserved, and refused at once. */
export const NOBODY = ['127.0.0.1', '1'] as const
