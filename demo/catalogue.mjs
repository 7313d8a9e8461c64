/**
 * Who and what exists in the demo: two tenants, three app registrations, two
 * people, of whom one is a guest in the second tenant, two clusters and their
 * projects. Data only.
 */

export const TENANT = {
  id: '7c0d3f5e-2b1a-4e6d-9f48-5a1be0c27d10',
  name: 'Contoso'
};

/** Has the same app registrations, which are multi-tenant, and a guest. */
export const GUEST_TENANT = {
  id: 'c41f7e0b-93a6-4d58-8b2e-6f05d1a7c9e3',
  name: 'Fabrikam'
};

/** The app registrations, as someone would make them in the Entra portal. */
export const APPLICATIONS = {
  spa: {
    kind: 'spa',
    id: '3d5c1e0a-8b7f-4f0e-a1d2-6c9e4b8f7a21',
    name: 'Contoso notebooks'
  },
  native: {
    kind: 'native',
    id: 'b8e2f6c4-1d3a-47c5-8e9f-0a7d5c3b2e46',
    name: 'Contoso notebooks (device)'
  },
  confidential: {
    kind: 'confidential',
    id: 'e91a4d7b-5c82-4b3f-9d60-2f8c7e1a5b93',
    name: 'Contoso pipelines',
    objectId: '0f4b9c3e-6a7d-4d21-b5e8-91c3d7f2a068'
  }
};

/** `sub` is pairwise and opaque in Entra: don't show it, don't parse it. */
export const USERS = [
  {
    name: 'Alice Example',
    address: 'alice@contoso.test',
    oid: '5f1c7a92-3e4b-4c8d-a6f0-7b2d9e1c4a35',
    sub: 'alice_8HbN2kQw5ZtYc1RfVx0LmPj7DsGu3EaKiOo9'
  },
  {
    name: 'Bob Example',
    address: 'bob@contoso.test',
    oid: 'c2a8e4d6-9b0f-4172-8d3e-5f6a1b7c9e08',
    sub: 'bob_Tq4Xs6Wd9JhCr2MvBn1ZpLy8FkAe5UgIo0Ri3S'
  }
];

/**
 * A person has another `oid` in each tenant. `client_info` has the one of `home`. (In
 * Entra `sub` differs too; here it is what the tenants know a person by.)
 */
export const GUESTS = [
  {
    ...USERS[0],
    oid: 'a96d2c5f-71e8-4b03-9c4d-e8f5306b1a72',
    home: { uid: USERS[0].oid, utid: TENANT.id }
  }
];

const ALICE = USERS[0].oid;
const ALICE_AS_GUEST = GUESTS[0].oid;
const BOB = USERS[1].oid;
const PIPELINES = APPLICATIONS.confidential.objectId;

/**
 * `members` are the object ids (claim `oid`) that may use a project. `cors`:
 * whether browsers of any origin may call the cluster.
 */
export const CLUSTERS = [
  {
    name: 'westeurope-1',
    audience: 'https://westeurope-1.cognitedata.com',
    cors: true,
    projects: [
      {
        name: 'plant-north',
        members: [ALICE, PIPELINES],
        series: ['pump_1_pressure', 'pump_1_flow', 'heater_2_temperature']
      },
      {
        name: 'plant-south',
        members: [ALICE, BOB],
        series: ['mixer_4_speed', 'mixer_4_torque', 'tank_9_level']
      },
      {
        name: 'refinery',
        members: [BOB],
        series: ['column_3_temperature', 'column_3_pressure']
      },
      {
        name: 'foundry',
        members: [ALICE_AS_GUEST],
        series: ['furnace_1_temperature', 'ladle_2_weight']
      }
    ]
  },
  {
    name: 'az-eastus-1',
    audience: 'https://az-eastus-1.cognitedata.com',
    cors: false,
    projects: [
      {
        name: 'rig-7',
        members: [ALICE, PIPELINES],
        series: ['drill_depth', 'mud_pump_rate', 'hook_load']
      },
      {
        name: 'shipyard',
        members: [BOB],
        series: ['crane_2_load', 'dock_1_water_level']
      },
      {
        name: 'wind-park',
        members: [ALICE, BOB],
        series: ['turbine_11_power', 'turbine_11_wind_speed']
      }
    ]
  }
];

/** An API besides CDF which an administrator has consented to. */
export const CONSENTED_API = 'https://vault.azure.net';

/** An API which nobody has consented to yet: AADSTS65001 until someone does. */
export const UNCONSENTED_API = 'https://storage.azure.com';
