"""Given and family names by country. Any likeness to a person is the dice's."""

import random

from orchestrator.demo.crm.places import CA, DE, FR, GB, IE, SE, US

ENGLISH_GIVEN = [
    "Abigail", "Adam", "Aisha", "Alice", "Amara", "Andrew", "Asha", "Beth", "Caleb", "Carmen",
    "Chloe", "Claire", "Connor", "Daniel", "Darius", "Elena", "Eleanor", "Ethan", "Fatima", "Fiona",
    "Gareth", "Grace", "Hannah", "Hugo", "Imani", "Isaac", "Jada", "James", "Jasmine", "Joel",
    "Jordan", "Kavita", "Keiko", "Laura", "Leah", "Liam", "Lucia", "Malik", "Marcus", "Maya",
    "Mei", "Nadia", "Naomi", "Nathan", "Noor", "Olivia", "Omar", "Oscar", "Patrick", "Priya",
    "Rachel", "Rafael", "Rhys", "Rosa", "Ruth", "Samir", "Sean", "Sofia", "Tessa", "Theo",
    "Tomás", "Uma", "Victor", "Wei", "Yasmin", "Zoe",
]  # fmt: skip
ENGLISH_FAMILY = [
    "Abbott", "Adeyemi", "Ahmed", "Akhtar", "Barlow", "Bennett", "Bianchi", "Brennan", "Calloway",
    "Carver", "Castillo", "Chandra", "Chen", "Coleman", "Delgado", "Donnelly", "Duarte", "Ellison",
    "Farrow", "Fletcher", "Fraser", "Gallagher", "Garner", "Gupta", "Hale", "Hartley", "Hassan",
    "Hendry", "Holloway", "Ibrahim", "Iyer", "Jensen", "Kapoor", "Keane", "Kim", "Kowalski",
    "Larkin", "Lindsay", "Lowell", "Malone", "Marsh", "Mehta", "Mercer", "Morales", "Mwangi",
    "Nakamura", "Nguyen", "O'Hara", "Okafor", "Osei", "Park", "Pereira", "Prescott", "Quinn",
    "Rahman", "Ramos", "Reyes", "Rowan", "Sato", "Sharma", "Silva", "Stanton", "Tanaka",
    "Thornton", "Underhill", "Vance", "Walsh", "Whitaker", "Winslow", "Yates", "Zhang",
]  # fmt: skip
GIVEN = {
    DE: [
        "Anja", "Birgit", "Carsten", "Daniela", "Dirk", "Elif", "Franziska", "Gregor", "Heike",
        "Ingo", "Jana", "Jörg", "Katrin", "Lars", "Leonie", "Matthias", "Meike", "Nils", "Petra",
        "Ralf", "Sabine", "Stefan", "Svenja", "Thorsten", "Ute", "Volker",
    ],
    FR: [
        "Adèle", "Amélie", "Antoine", "Benoît", "Camille", "Cédric", "Chantal", "Delphine",
        "Élise", "Étienne", "Fabrice", "Gaëlle", "Guillaume", "Inès", "Julien", "Karim", "Laure",
        "Mathilde", "Nicolas", "Océane", "Pascal", "Quentin", "Sandrine", "Thibault", "Yanis",
    ],
    SE: [
        "Agnes", "Anders", "Åsa", "Björn", "Cecilia", "Elin", "Emil", "Fredrik", "Gustav",
        "Hanna", "Henrik", "Ida", "Jonas", "Karin", "Linnea", "Magnus", "Maja", "Nils", "Oskar",
        "Sara", "Sven", "Tove", "Viktor", "Ylva",
    ],
}  # fmt: skip
FAMILY = {
    DE: [
        "Albrecht", "Behrens", "Brandt", "Dreyer", "Ebert", "Friedrich", "Gärtner", "Hahn",
        "Hoffmann", "Jansen", "Kessler", "Krüger", "Lorenz", "Maurer", "Neumann", "Özdemir",
        "Pohl", "Reinhardt", "Sauer", "Seidel", "Thiel", "Vogt", "Weiß", "Winkler", "Yilmaz",
    ],
    FR: [
        "Aubert", "Barbier", "Benali", "Carpentier", "Chevalier", "Colin", "Deschamps", "Fabre",
        "Garnier", "Guérin", "Haddad", "Lacroix", "Leclerc", "Marchand", "Mercier", "Noël",
        "Perrin", "Renaud", "Roussel", "Tessier", "Vasseur", "Vidal",
    ],
    SE: [
        "Ahlström", "Bergström", "Dahlin", "Ekberg", "Forsberg", "Granlund", "Hellström",
        "Isaksson", "Lindqvist", "Lund", "Nordin", "Norberg", "Olsson", "Rask", "Sandberg",
        "Sjögren", "Söderlund", "Strand", "Wallin", "Åkesson",
    ],
}  # fmt: skip

for english in (US, CA, GB, IE):
    GIVEN[english] = ENGLISH_GIVEN
    FAMILY[english] = ENGLISH_FAMILY


def person(country: str, dice: random.Random) -> tuple[str, str]:
    """Return a given and a family name."""
    return dice.choice(GIVEN[country]), dice.choice(FAMILY[country])
