import { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS } from '@smithy/core/config';

/** The region of the profile in ~/.aws/config, or undefined. */
export async function profileRegion(): Promise<string | undefined> {
  const options = { ...NODE_REGION_CONFIG_OPTIONS, default: () => '' };
  const region = await loadConfig(options, NODE_REGION_CONFIG_FILE_OPTIONS)();
  return region === '' ? undefined : region;
}
