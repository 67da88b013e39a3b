namespace DeepDigits;

/// <summary>A new class for each old class: turns one question about the images into another without touching the images.</summary>
public sealed class LabelMap
{
    readonly byte[] newClassOf;
    readonly string[] classNames;

    /// <param name="name">What the map is called in messages and reports.</param>
    /// <param name="classNames">The names of the new classes, 1 to 256 of them.</param>
    /// <param name="newClassOf">For each old class, from 0 on, the number of its new class.</param>
    /// <exception cref="LabelException">There are no new classes or more than 256, or a number is not one of them.</exception>
    public LabelMap(string name, IReadOnlyList<string> classNames, params ReadOnlySpan<int> newClassOf)
    {
        if (classNames.Count is < 1 or > 256)
            throw new LabelException($"The label map \"{name}\" names {classNames.Count} classes; it must name 1 to 256.");
        Name = name;
        this.classNames = [.. classNames];
        this.newClassOf = new byte[newClassOf.Length];
        for (var old = 0; old < newClassOf.Length; old++)
        {
            if ((uint)newClassOf[old] >= (uint)classNames.Count)
            {
                throw new LabelException($"The label map \"{name}\" sends class {old} to class {newClassOf[old]}, "
                    + $"but its classes are numbered from 0 to {classNames.Count - 1}.");
            }
            this.newClassOf[old] = (byte)newClassOf[old];
        }
    }

    /// <summary>
    /// Is the digit the square of a whole number? 0, 1, 4 and 9 become class 1 "square", the others class 0 "not a square".
    /// </summary>
    public static LabelMap Squares { get; } = new("squares", ["not a square", "square"], 1, 1, 0, 0, 1, 0, 0, 0, 0, 1);

    /// <summary>What the map is called.</summary>
    public string Name { get; }

    /// <summary>The names of the new classes.</summary>
    public IReadOnlyList<string> ClassNames => classNames;

    /// <summary>The new class of an old one.</summary>
    /// <exception cref="LabelException">The map has no entry for it.</exception>
    public byte this[byte label] => label < newClassOf.Length
        ? newClassOf[label]
        : throw new LabelException($"The label map \"{Name}\" knows the classes 0 to {newClassOf.Length - 1}, but not {label}.");
}
