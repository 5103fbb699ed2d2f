//! Metadata (SAML Metadata 2.3): what a party says of itself: EntityDescriptor, alone or in
//! EntitiesDescriptors.
//!
//! Leaves out: Organization, ContactPerson, extensions; attribute authorities and the other roles beside IdP
//! and SP are listed with their endpoints alone. Certificates are found by [`crate::signature`].

use super::{
    reading::{Reading, attribute, boolean, child_texts},
    uri,
};
use crate::xml::Element;

/// The things that parties say of themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// The parties in document order.
    pub entities: Vec<Entity>,
}

/// One party (EntityDescriptor).
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // a field without words is the standard's of that name
pub struct Entity {
    pub entity_id: Option<String>,
    /// validUntil, as it is written.
    pub valid_until: Option<String>,
    /// The roles it plays.
    pub roles: Vec<Role>,
}

/// One role of a party.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Role {
    /// The descriptor's name: `IDPSSODescriptor`, `SPSSODescriptor`.
    pub descriptor: String,
    /// AuthnRequestsSigned (of an SP) or WantAuthnRequestsSigned (of an IdP).
    pub requests_signed: Option<bool>,
    /// WantAssertionsSigned, of an SP.
    pub want_assertions_signed: Option<bool>,
    /// NameIDFormat values.
    pub name_id_formats: Vec<String>,
    /// The places where it can be reached.
    pub endpoints: Vec<Endpoint>,
}

/// The place where a role can be reached for one thing.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // a field without words is the standard's of that name
pub struct Endpoint {
    /// The element's name: `AssertionConsumerService`, `SingleSignOnService`.
    pub what: String,
    /// Binding, a URI.
    pub binding: Option<String>,
    pub location: Option<String>,
    /// ResponseLocation, where answers go elsewhere.
    pub response_location: Option<String>,
    pub index: Option<String>,
    pub is_default: Option<bool>,
}

impl Metadata {
    /// The entityIDs.
    pub fn entity_ids(&self) -> impl Iterator<Item = &str> {
        self.entities.iter().filter_map(|entity| entity.entity_id.as_deref())
    }

    /// The Locations of all AssertionConsumerServices.
    pub fn acs_urls(&self) -> impl Iterator<Item = &str> {
        let endpoints =
            self.entities.iter().flat_map(|entity| &entity.roles).flat_map(|role| &role.endpoints);
        endpoints
            .filter(|endpoint| endpoint.what == "AssertionConsumerService")
            .filter_map(|endpoint| endpoint.location.as_deref())
    }

    pub(super) fn read(root: Element<'_>, reading: &mut Reading) -> Self {
        let descriptors = std::iter::once(root).chain(root.descendants());
        let entities = descriptors.filter(|element| element.is(uri::METADATA, "EntityDescriptor"));
        Metadata { entities: entities.map(|element| Entity::read(element, reading)).collect() }
    }
}

impl Entity {
    fn read(entity: Element<'_>, reading: &mut Reading) -> Self {
        let is_role = |element: &Element<'_>| {
            element.namespace() == uri::METADATA && element.local().ends_with("Descriptor")
        };
        Entity {
            entity_id: attribute(entity, "entityID"),
            valid_until: reading.instant(entity, "validUntil"),
            roles: entity.elements().filter(is_role).map(Role::read).collect(),
        }
    }
}

impl Role {
    fn read(role: Element<'_>) -> Self {
        let endpoints = role.elements().filter(|element| {
            element.namespace() == uri::METADATA && element.attribute_node("Location").is_some()
        });
        Role {
            descriptor: role.local().to_owned(),
            requests_signed: boolean(role, "AuthnRequestsSigned")
                .or_else(|| boolean(role, "WantAuthnRequestsSigned")),
            want_assertions_signed: boolean(role, "WantAssertionsSigned"),
            name_id_formats: child_texts(role, uri::METADATA, "NameIDFormat"),
            endpoints: endpoints.map(Endpoint::read).collect(),
        }
    }
}

impl Endpoint {
    fn read(endpoint: Element<'_>) -> Self {
        Endpoint {
            what: endpoint.local().to_owned(),
            binding: attribute(endpoint, "Binding"),
            location: attribute(endpoint, "Location"),
            response_location: attribute(endpoint, "ResponseLocation"),
            index: attribute(endpoint, "index"),
            is_default: boolean(endpoint, "isDefault"),
        }
    }
}
