/**
 * Whether invocation i of a workgroup is lane i mod size of subgroup i div size. WGSL does not
 * promise it; kernels with subgroups count on it, so it is looked at once on every device.
 */
const GROUPS = [64, 256] as const;

const text = (size: number) => `enable subgroups;
@group(0) @binding(0) var<storage, read_write> wrong: array<u32>;
@compute @workgroup_size(${size})
fn look(
  @builtin(local_invocation_index) i: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) size: u32,
) {
  let first = subgroupBroadcastFirst(i);
  wrong[i] = select(0u, 1u, lane != i % size || first != i - lane || size > 128u);
}`;

export async function lanesAreInOrder(device: GPUDevice): Promise<boolean> {
  if (!device.features.has('subgroups')) return false;
  for (const size of GROUPS) {
    const storage = device.createBuffer({ size: 4 * size, usage: 0x0080 | 0x0004 });
    const staging = device.createBuffer({ size: 4 * size, usage: 0x0001 | 0x0008 });
    const pipeline = await device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module: device.createShaderModule({ code: text(size) }), entryPoint: 'look' },
    });
    const layout = pipeline.getBindGroupLayout(0);
    const entries = [{ binding: 0, resource: { buffer: storage } }];
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
    pass.dispatchWorkgroups(1);
    pass.end();
    encoder.copyBufferToBuffer(storage, 0, staging, 0, 4 * size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(1);
    const isOrdered = new Uint32Array(staging.getMappedRange()).every((wrong) => wrong === 0);
    storage.destroy();
    staging.destroy();
    if (!isOrdered) return false;
  }
  return true;
}
