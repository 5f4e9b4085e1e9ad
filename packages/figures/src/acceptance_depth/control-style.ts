/**
 * How controls stand under a picture: sliders in a table of name, slider, value; lists no wider
 * than the figure, so that a phone never scrolls sideways.
 */
import { css } from 'lit';
import { elementStyle } from '../frame/element-style.ts';

export const controlStyles = css`
    ${elementStyle}
    .controls label { max-width: 100%; }
    .controls select, .controls input { min-width: 0; max-width: 100%; }
    .controls input[type='file'] { min-height: 28px; }
    .controls input[type='text'] { flex: 1 1 14rem; min-height: 28px; box-sizing: border-box;
      border: 1px solid var(--muted); border-radius: 4px; padding: .15rem .4rem; }
    .sliders { display: grid; 
      grid-template-columns: minmax(5rem, max-content) minmax(5rem, 15rem) 1fr;
      gap: .15rem .8rem; align-items: center; margin: .4rem 0; font-size: .86rem; }
    .sliders label { display: contents; }
    .sliders input { min-width: 0; width: 100%; margin: 0; }
    .sliders output { font-variant-numeric: tabular-nums; }
    .sliders button { justify-self: start; grid-column: 1 / -1; }
    .sliders .wide-row { grid-column: 1 / -1; color: var(--muted); margin-top: .3rem; }
    @media print { .sliders { display: none; } }
`;
