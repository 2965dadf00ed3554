"""Invented names of invented people, and the way to draw them without repeating one."""

from collections.abc import Iterator
from random import Random

GIVEN = (  # noqa: SIM905 a column of a hundred quoted words reads worse
    """
    Aaliyah Abdi Adriana Aisha Alejandro Amara Andre Angela Anh Antonio Beatriz Bao Carmen Cedric Chenoa
    Chidi Claire Daniela Darius David Deepa Denise Diego Dolores Elena Elijah Emeka Esperanza Fatima
    Farah Gabriel Gloria Grace Hakim Hannah Hiroshi Ibrahim Imani Ines Isaiah Jamal Janelle Jasmine
    Jerome Joaquin Josephine Kai Kamala Keisha Kevin Khadija Kofi Lakshmi Lamar Layla Leilani Leticia
    Lucia Luis Malik Marguerite Maria Mateo Mei Miguel Miriam Mohamed Nadia Naomi Nathan Ngozi Nicole
    Noah Nuria Omar Paloma Patrice Pedro Priya Rafael Rashida Ravi Rebecca Rosa Ruben Ruth Samira
    Santiago Sarah Shanice Sofia Soledad Tamika Terrence Thanh Tomas Tyrone Valentina Victor Wanda
    Winona Xavier Yasmin Yolanda Yusuf Zainab Zoe
    """
).split()
FAMILY = (  # noqa: SIM905
    """
    Abebe Acosta Adeyemi Aguilar Ahmed Alvarez Anderson Bailey Banerjee Begay Bekele Bianchi Blackwood
    Boateng Brooks Cabrera Campbell Castillo Chavez Choi Coleman Cruz Dang Delgado Diaz Dixon Douglas
    Eze Fernandez Fitzgerald Flores Foster Fuentes Garcia Gebre Gomez Greene Guerrero Gupta Haddad
    Hansen Harjo Hassan Hernandez Hoang Huang Ibarra Jackson Jensen Jimenez Johnson Jones Kaplan Khan
    Kim Kowalski Lam Larson Lee Lewis Littlewolf Lopez Mahmoud Maldonado Martinez McCoy Mendez Mensah
    Mitchell Molina Montoya Moreno Morgan Murphy Navarro Nelson Nguyen Novak Nunez Obi Okeke Olson
    Ortega Owens Pacheco Park Patel Pena Peterson Pham Powell Quintero Ramirez Redhorse Reyes Rios
    Robinson Romero Rossi Ruiz Saleh Sanchez Santos Schmidt Silva Singh Solis Suarez Sullivan Tesfaye
    Thompson Torres Tran Turner Valdez Vang Vargas Vega Walker Washington Weiss White Williams Wong
    Wright Xiong Yang Yazzie Young Zamora
    """
).split()


def drawn(rng: Random) -> Iterator[tuple[str, str]]:
    """Given and family names, no pair twice and no family name before all others had their turn."""
    seen: set[tuple[str, str]] = set()
    while True:
        for family in rng.sample(FAMILY, len(FAMILY)):
            given = rng.choice(GIVEN)
            if (given, family) not in seen:
                seen.add((given, family))
                yield given, family
