/**
 * What the browser test loads into a page: the simulator and the scheduler's WebAssembly core, no
 * Node. It puts one function on the window, which takes a scenario and gives the run's JSON.
 */
import { loadWasmScheduler } from '@beamline/scheduler';
import { type PartialScenario, parseScenario, runJson, simulate } from '@beamline/simulator';

declare global {
  interface Window {
    runScenario(scenario: PartialScenario, wasm: string): Promise<string>;
  }
}

window.runScenario = async (scenario, wasm) => {
  const response = await fetch(wasm);
  const module = await WebAssembly.compile(await response.arrayBuffer());
  const run = simulate(parseScenario(scenario, 'the page'), {
    createScheduler: loadWasmScheduler(module),
    openTrace: () => [],
  });
  return runJson(run);
};
