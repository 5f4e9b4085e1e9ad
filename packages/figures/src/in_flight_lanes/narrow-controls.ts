/** Controls that stay inside a phone: long choices shrink, a slider's value wraps beneath it. */
import { css } from 'lit';
import { elementStyle } from '../frame/element-style.ts';

export const narrowControls = css`
  ${elementStyle}
  label { flex-wrap: wrap; max-width: 100%; }
  select { min-width: 0; max-width: 100%; }
`;
