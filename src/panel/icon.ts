import { LabIcon } from '@jupyterlab/ui-components';

/** A key in front of a stack of data. */
export const cdfIcon = new LabIcon({
  name: 'cdf-auth:panel',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g fill="none" class="jp-icon3 jp-CdfAuth-stroke" stroke="#616161" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">
    <ellipse cx="10" cy="5.5" rx="6.5" ry="2.5"/>
    <path d="M3.5 5.5v10c0 1.4 2.9 2.5 6.5 2.5"/>
    <path d="M16.500 5.500v3"/>
    <path d="M3.500 10.500c0 1.400 2.900 2.500 6.500 2.500"/>
    <circle cx="16.500" cy="13.500" r="3"/>
    <path d="M16.500 16.500v5.500M16.500 19.500h2.500"/>
  </g>
</svg>`
});
