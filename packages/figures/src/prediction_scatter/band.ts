/** Half width of the band around the measurement, as a share of it. */
export const BAND = 0.1;
